"""Conversions written back to Tencent Ads (user_actions/add)."""
