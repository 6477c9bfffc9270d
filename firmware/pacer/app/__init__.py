"""What makes a watch of the parts: the step, the screens, the sounds, the files."""
