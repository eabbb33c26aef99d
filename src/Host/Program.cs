using Tieline.Host.Commands;

return await Root.Run(args, Console.Out, Console.Error, Environment.GetEnvironmentVariable(CommandLine.KeyVariable) is { Length: > 0 } key ? key : null);
