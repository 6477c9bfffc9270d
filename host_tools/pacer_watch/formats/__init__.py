"""Files: the watch's own runs, and workouts and activities of other programs."""
