"""From a stack trace to code: file, function and line at the release and at HEAD, and who may have to do with it."""
