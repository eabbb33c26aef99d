using System.CommandLine;
using Tieline.Host;

var port = new Option<int>("--port") { Description = "Port on 127.0.0.1", DefaultValueFactory = _ => 5080 };
var data = new Option<DirectoryInfo>("--data") { Description = "Data directory", DefaultValueFactory = _ => new DirectoryInfo(Environment.GetEnvironmentVariable("TIELINE_DATA") ?? "data") };
var database = new Option<string?>("--database") { Description = "PostgreSQL connection string; SQLite in the data directory without it" };
var noDemo = new Option<bool>("--no-demo") { Description = "Start empty, without the demonstration utility" };

var up = new Command("up", "Start Tieline") { port, data, database, noDemo };
up.SetAction((parsed, ct) => Up.Run(
    new NodeOptions(parsed.GetValue(data)!.FullName, parsed.GetValue(database)), parsed.GetValue(port), !parsed.GetValue(noDemo), ct));

var root = new RootCommand("Tieline: customer care for utilities") { up };
return await root.Parse(args).InvokeAsync();
