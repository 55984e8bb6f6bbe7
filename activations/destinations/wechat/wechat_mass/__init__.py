"""WeChat mass messages."""
