using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Host;
using Tieline.Platform;
using Tieline.Platform.Data;

namespace Tieline.Tests.Architecture;

public sealed class AuditTests
{
    [Fact]
    public async Task Every_entity_is_audited_or_says_why_not()
    {
        var folder = Directory.CreateTempSubdirectory("tieline-test-");
        try
        {
            await using var app = Host.House.Build(new NodeOptions(folder.FullName, Workers: false, Serves: false)).Build();
            await using var scope = app.Services.CreateAsyncScope();
            var silent = scope.ServiceProvider.GetRequiredService<AppDb>().Model.GetEntityTypes().Select(e => e.ClrType)
                .Where(t => !t.IsAssignableTo(typeof(IAudited)) && t.GetCustomAttribute<NotAuditedAttribute>() is null);
            Assert.Empty(silent.Select(t => t.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
