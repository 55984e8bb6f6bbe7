"""Aliyun SMS (Dysmsapi)."""
