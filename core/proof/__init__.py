"""What running code shows about a draft: red, green, red again, suite, necessity."""
