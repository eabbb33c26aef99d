return await Tieline.Host.Commands.Root.Run(args, Console.Out, Console.Error);
