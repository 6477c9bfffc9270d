"""Pages about runs, each self-contained: no network, the charts' data and script inside. web/ has their look."""

from .index import Entry, entry, index
from .run import page

__all__ = ["Entry", "entry", "index", "page"]
