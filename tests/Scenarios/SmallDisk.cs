using System.Diagnostics;
using Xunit;

namespace Tieline.Tests.Scenarios;

/// <summary>A file system of its own in memory, which a test can fill to the brim. Needs the right to mount one.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string place) => Place = place;

    public string Place { get; }

    private string Filler => Path.Combine(Place, "filler");

    public static SmallDisk Mount(int megabytes)
    {
        var place = Directory.CreateTempSubdirectory("tieline-disk-").FullName;
        if (Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", place) == 0)
            return new SmallDisk(place);
        Directory.Delete(place);
        Assert.Skip("Whoever runs the tests may not mount a file system.");
        return null!;
    }

    /// <param name="owner">Whose it is; of whoever runs the tests when null.</param>
    public string Folder(string name, string? owner = null)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Place, name)).FullName;
        if (owner is not null)
            Assert.Equal(0, Run("chown", owner, folder));
        return folder;
    }

    /// <summary>Somebody else's file takes what is left but for a little.</summary>
    public void Fill(int leftKilobytes)
    {
        var block = new byte[4096];
        using var file = File.Create(Filler);
        while (new DriveInfo(Place).AvailableFreeSpace > leftKilobytes * 1024L)
            file.Write(block);
    }

    public void Free() => File.Delete(Filler);

    public void Dispose()
    {
        Run("umount", "--lazy", Place);
        Directory.Delete(Place);
    }

    private static int Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
