// Nodes that tests start in this process write their logs to the console; what the tests say would drown in them.
[assembly: CaptureConsole]
