"""WeChat customer-service messages."""
