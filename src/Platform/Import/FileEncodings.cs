using System.Text;

namespace Tieline.Platform.Import;

/// <summary>Encodings in which files come, the old code pages of Windows among them.</summary>
public static class FileEncodings
{
    /// <summary>Windows-1252, in which every byte is a letter.</summary>
    public static Encoding Western { get; } = Named("windows-1252");

    /// <exception cref="ArgumentException">There is no encoding of this name.</exception>
    public static Encoding Named(string name) => CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
}
