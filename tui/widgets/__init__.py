"""Line-API lists and panes."""
