using System.Reflection;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Ui;

namespace Tieline.Platform;

/// <summary>A room of the house: what it registers, the routes it answers, its place in the menu and the rights it knows.</summary>
public abstract class Module
{
    public abstract string Name { get; }

    /// <summary>The name as people read it: "ToDos" as "To Dos".</summary>
    internal static string InWords(string name) => string.Concat(name.Select((c, i) => i > 0 && char.IsUpper(c) ? $" {c}" : $"{c}"));

    /// <summary>Holds the room's entity maps, pages and embedded <c>Migrations/*.sql</c>.</summary>
    public Assembly Assembly => GetType().Assembly;

    public virtual IEnumerable<Permission> Permissions => [];

    public virtual IEnumerable<MenuEntry> Menu => [];

    /// <summary>What the utility decides about the room; administrators find it under Settings.</summary>
    public virtual IEnumerable<ISettingKey> Settings => [];

    /// <summary>Style sheets of the room, on every page: <c>_content/Tieline.Contacts/contacts.css</c>.</summary>
    public virtual IEnumerable<string> Sheets => [];

    /// <summary>Scripts of the room, on every page, after Platform's own: its forms may open in the drawer anywhere.</summary>
    public virtual IEnumerable<string> Scripts => [];

    public virtual void Add(IServiceCollection services) { }

    /// <summary>Routes under <c>/api/v1</c>; every use of the room that a machine may call.</summary>
    public virtual void MapApi(RouteGroupBuilder api) { }

    /// <summary>Routes that are neither pages nor API: downloads, fragments.</summary>
    public virtual void MapRoutes(IEndpointRouteBuilder routes) { }
}

/// <summary>All rooms, from the ground up.</summary>
public sealed record ModuleList(IReadOnlyList<Module> Modules)
{
    public IEnumerable<Assembly> Assemblies => Modules.Select(m => m.Assembly);
}
