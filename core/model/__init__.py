"""The words of Rootcase as frozen dataclasses; standard library only."""
