using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Tieline.Contacts.Records;

/// <summary>Numbers in an address, as people may mistype them.</summary>
internal static class Asked
{
    /// <returns>Null when it is absent or no number.</returns>
    public static long? Number(this HttpContext http, string name) =>
        long.TryParse(http.Request.Query[name].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
