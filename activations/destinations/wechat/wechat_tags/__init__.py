"""WeChat tags of followers."""
