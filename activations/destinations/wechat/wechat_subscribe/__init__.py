"""WeChat subscription notices."""
