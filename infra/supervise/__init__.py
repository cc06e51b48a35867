"""Starting, watching and ending the axis' processes: what `lienthong up` and `down` are made of."""
