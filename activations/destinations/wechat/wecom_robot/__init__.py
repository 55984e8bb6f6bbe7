"""WeCom group robots."""
