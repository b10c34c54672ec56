"""From a frame to the code, the function, the commit and the person."""
