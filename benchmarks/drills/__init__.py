"""Each drill kills something while people sign, then looks for every signature that was answered
“check your inbox”."""
