using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Security;

/// <summary>Registers sign-in, rights, keys and their uses.</summary>
internal static class SecurityParts
{
    public static void AddSecurity(this IServiceCollection services)
    {
        services.AddScoped<Sessions>();
        services.AddSingleton<SeenSessions>();
        services.AddScoped<ISignedIn, SignedInPeople>();
        services.AddScoped<IActorsLater, ActorsLater>();
        services.AddSingleton<MachineKey>();
        services.AddReferenceCache(KnownKeys.Read);
        services.AddScoped<ApiKeys>();
        services.AddScoped<SetUpLinks>();
        services.AddScoped<Passwords>();
        services.AddScoped<Administrators>();
        services.AddScoped<OfferedRights>();
        services.AddScoped<EmployeesOfUsers>();
        services.AddUses(typeof(SecurityParts).Assembly);
        services.AddScoped<DemoUsers>();
        services.AddScoped<IDemoUsers>(provider => provider.GetRequiredService<DemoUsers>());
        services.AddScoped<IStartStep, RightsSeeder>();
        services.AddScoped<IEmployeeSignIns, EmployeeSignIns>();
        AddKeys(services);
        services.AddScoped<IUserStore<UserAccount>>(provider => new UserOnlyStore<UserAccount, AppDb, long>(provider.GetRequiredService<AppDb>()));
        services.AddIdentityCore<UserAccount>(options =>
        {
            options.Lockout.MaxFailedAccessAttempts = 5;
            options.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(15);
            options.Password.RequiredLength = Passwords.Shortest;
            options.Password.RequireNonAlphanumeric = false;
            options.Password.RequireUppercase = false;
            options.Password.RequireDigit = false;
            options.Password.RequireLowercase = false;
            options.User.AllowedUserNameCharacters = "";
        });
        services.AddAuthentication(TielineAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, TielineAuthentication>(TielineAuthentication.SchemeName, null);
        services.AddAuthorization();
        services.AddRateLimits();
    }

    /// <summary>Routes under <c>/api/v1</c>.</summary>
    public static void MapSecurity(this IEndpointRouteBuilder api)
    {
        api.MapGetUse<ListUsers, ListUsers.Input, Page<UserLine>>("/users");
        api.MapPostUse<AddUser, AddUser.Input, AddUser.Added>("/users", StatusCodes.Status201Created);
        api.MapUse<ChangeUser, ChangeUser.Input, Done>("PUT", "/users/{id:long}", (input, route) => input with { Id = route.Id() });
        api.MapPostUse<UnlockUser, UnlockUser.Input, Done>("/users/unlock");
        api.MapPostUse<GivePasswordLink, GivePasswordLink.Input, GivePasswordLink.Given>("/users/password-link");
        api.MapGetUse<ListRights, ListRights.Input, RightsGrid>("/rights");
        api.MapUse<ChangeRights, ChangeRights.Input, Done>("PUT", "/rights", (input, _) => input);
        api.MapGetUse<GetRight, GetRight.Input, RightFile>("/rights/{name}");
        api.MapGetUse<ListHolders, ListHolders.Input, Page<HolderLine>>("/rights/{right}/holders");
        api.MapGetUse<ListApiKeys, ListApiKeys.Input, Page<ApiKeyLine>>("/api-keys");
        api.MapPostUse<CreateApiKey, CreateApiKey.Input, CreateApiKey.Created>("/api-keys", StatusCodes.Status201Created);
        api.MapPostUse<RevokeApiKey, RevokeApiKey.Input, Done>("/api-keys/revoke");
        api.MapPostUse<RotateKeys, RotateKeys.Input, RotateKeys.Rotated>("/keys/rotate");
    }

    private static void AddKeys(IServiceCollection services)
    {
        services.AddSingleton<KeyRingStore>();
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>, KeyRingOptions>();
        services.AddDataProtection().SetApplicationName("tieline");
        services.AddSingleton<DataKeys>();
        services.AddSingleton<IProtectedValues, ProtectedValues>();
        services.AddScoped<IStartStep, KeyRingStart>();
        services.AddScoped<IStartStep, DataKeysStart>();
    }
}
