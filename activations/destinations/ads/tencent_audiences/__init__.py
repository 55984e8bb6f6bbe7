"""Customer file audiences of Tencent Ads: WeChat Moments, QQ and their network."""
