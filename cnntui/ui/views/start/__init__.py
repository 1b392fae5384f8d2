"""What a person sees on the very first start."""
