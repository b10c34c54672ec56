"""What a model may do: one small room per tool; none reaches the network or runs a command of its choice."""
