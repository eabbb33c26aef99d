using Tieline.Host.Commands;
using Tieline.Platform.Security;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform;

/// <summary><c>./tieline …</c> as it is typed, in this process.</summary>
internal static class TypedCommand
{
    /// <summary>Options by which a command finds the house, which has no node.</summary>
    public static async Task<string[]> At(TestHouse house)
    {
        await File.WriteAllTextAsync(Path.Combine(house.Directory, MasterKey.FileName), Convert.ToBase64String(new byte[32]), TestContext.Current.CancellationToken);
        return house.Database is { } database ? ["--data", house.Directory, "--database", database] : ["--data", house.Directory];
    }

    public static async Task<(int Code, string Output, string Error)> Type(string[] typed, string? key = null)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await Root.Run(typed, output, error, key, TestContext.Current.CancellationToken);
        return (code, output.ToString().Trim(), error.ToString().Trim());
    }
}
