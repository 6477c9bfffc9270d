"""One file a chip. A driver is handed its bus and pins and fills the caller's buffers with integers."""
