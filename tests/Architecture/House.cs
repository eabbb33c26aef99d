using System.Xml.Linq;

namespace Tieline.Tests.Architecture;

/// <summary>The source tree as the tests read it.</summary>
internal static class House
{
    public static string Root { get; } = FindRoot();

    public static string Src { get; } = Path.Combine(Root, "src");

    /// <summary>Path relative to the root with forward slashes.</summary>
    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    /// <summary>Files and folders under <paramref name="folder"/>, without what a build or npm leaves there.</summary>
    public static IEnumerable<FileSystemInfo> Entries(string folder)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            if (entry is not DirectoryInfo)
            {
                yield return entry;
            }
            else if (entry.Name is not ("bin" or "obj" or "lib"))
            {
                yield return entry;
                foreach (var inner in Entries(entry.FullName))
                {
                    yield return inner;
                }
            }
        }
    }

    public static IEnumerable<string> Files(string folder, params string[] extensions) =>
        Entries(folder).OfType<FileInfo>().Select(f => f.FullName)
            .Where(f => extensions.Contains(Path.GetExtension(f), StringComparer.Ordinal));

    /// <summary>Names of the projects a project references, in the order of the file.</summary>
    public static IReadOnlyList<string> ReferencesOf(string project) =>
        [.. XDocument.Load(project).Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')))];

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Tieline.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Tieline.slnx above {AppContext.BaseDirectory}");
    }
}
