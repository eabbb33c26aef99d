using System.CommandLine;
using Tieline.Host;
using Tieline.Host.Commands;

var port = new Option<int>("--port") { Description = "Port on 127.0.0.1", DefaultValueFactory = _ => 5080 };
var noDemo = new Option<bool>("--no-demo") { Description = "Start empty, without the demonstration utility" };
var up = new Command("up", "Start Tieline") { port, noDemo };
up.SetAction((parsed, ct) => Up.Run(parsed.Node(), parsed.GetValue(port), !parsed.GetValue(noDemo), ct));

var root = new RootCommand("Tieline: customer care for utilities")
{
    HouseOptions.Data, HouseOptions.Database,
    up, BatchCommands.All(), ImportCommands.All(), ApiKeyCommands.All(), UserCommands.All(), KeysCommands.All(),
};
return await root.Parse(args).InvokeAsync();
