using Microsoft.Playwright;
using Tieline.Platform.Security;

namespace Tieline.Tests.Browser;

/// <summary>A browser of somebody who may do everything. A window costs as much as a page: one serves all tests of a class.</summary>
public sealed class Window(OpenHouse house) : IAsyncLifetime
{
    public IPage Page { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Page = await (await house.SignedIn(Roles.All)).Browser.NewPageAsync();

    public ValueTask DisposeAsync() => Page.Context.DisposeAsync();

    public Task<string> AddressOf(string template) => Examples.AddressOf(house, template);
}
