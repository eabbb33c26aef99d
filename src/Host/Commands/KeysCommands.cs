using System.CommandLine;
using Tieline.Platform.Security;

namespace Tieline.Host.Commands;

/// <summary><c>./tieline keys rotate</c></summary>
internal static class KeysCommands
{
    public static Command All() => new("keys", "Keys that protect values in the database")
    {
        new Command("rotate", "Make a new encryption key current and re-encrypt every value").Does((_, house, ct) =>
            house.Use<RotateKeys, RotateKeys.Input, RotateKeys.Rotated>(HttpMethod.Post, "/keys/rotate", new(), (output, rotated) =>
            {
                output.WriteLine($"key {rotated.Key} is current");
                foreach (var (name, count) in rotated.Values)
                    output.WriteLine($"{name}: {count} re-encrypted");
            }, ct)),
    };
}
