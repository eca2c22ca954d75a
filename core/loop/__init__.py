"""The closed loop, a file a step: 收集 collect, 分办 assign, 处置 handle, 反馈 feedback, 测评 evaluate."""
