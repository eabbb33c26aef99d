using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Platform.Configuration;
using Tieline.Platform.Data;
using Tieline.Platform.Reasons;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Rules;

internal static class RuleParts
{
    public static void AddRules(this IServiceCollection services)
    {
        services.AddReferenceCache(KnownRules.Read);
        services.AddScoped<RuleBook>();
        services.AddScoped<IRules>(p => p.GetRequiredService<RuleBook>());
        services.AddScoped<RuleCheck>();
        services.AddConfigured<ConfiguredRules>();
        services.AddScoped<ITellsWhy, WhyRule>();
        services.AddSingleton(new RecordPage("rule", "rule", "/admin/rules/{0}", PlatformPermissions.ManageRules));
        services.AddSingleton(new RecordPage("rule_version", "rule"));
    }

    public static void MapRules(this RouteGroupBuilder api)
    {
        api.MapGetUse<ListRules, ListRules.Input, Page<RuleRow>>("/rules");
        api.MapGetUse<GetRule, GetRule.Input, GetRule.File>("/rules/{id:long}");
        api.MapGetUse<TryRule, TryRule.Input, TryRule.Tried>("/rules/{id:long}/tried");
        api.MapPostUse<AddRule, AddRule.Input, Added>("/rules", StatusCodes.Status201Created);
        api.MapPutUse<ChangeRule, ChangeRule.Input>("/rules/{id:long}", (input, id) => input with { Id = id });
    }
}
