using System.Globalization;

namespace Tieline.Customers.People;

internal static class Languages
{
    /// <summary>"Spanish" for "es"; the code itself when nobody knows it.</summary>
    public static string Name(string code)
    {
        try
        {
            var name = CultureInfo.GetCultureInfo(code).EnglishName;
            return name.StartsWith("Unknown", StringComparison.Ordinal) ? code : name;
        }
        catch (CultureNotFoundException)
        {
            return code;
        }
    }
}
