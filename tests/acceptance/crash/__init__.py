"""What the crash and the power-loss tests share: the shim below the binary, the worlds it runs in, the disk's memory."""
