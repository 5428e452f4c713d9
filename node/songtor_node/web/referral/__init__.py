"""What the pages of a referral share: the one in preparation, its story, who is at the other end."""
