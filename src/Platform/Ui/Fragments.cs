using Microsoft.AspNetCore.Http;

namespace Tieline.Platform.Ui;

public static class Fragments
{
    /// <summary>
    /// True when htmx asks for a part of a page, or for a page to stand in the drawer: it is rendered without document and shell.
    /// Every page works both ways.
    /// </summary>
    public static bool IsFragment(this HttpContext http) =>
        http.Request.Headers["HX-Request"] == "true" && http.Request.Headers["HX-Boosted"] != "true" && http.Request.Headers["HX-History-Restore-Request"] != "true";

    /// <summary>True when the page stands in the drawer.</summary>
    public static bool InDrawer(this HttpContext http) => http.IsFragment() && http.Request.Headers["Tieline-Drawer"] == "true";
}
