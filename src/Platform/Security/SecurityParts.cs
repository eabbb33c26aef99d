using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Tieline.Platform.Data;

namespace Tieline.Platform.Security;

/// <summary>Registers sign-in, rights, keys and their uses.</summary>
internal static class SecurityParts
{
    public const int ShortestPassword = 12;

    public static void AddSecurity(this IServiceCollection services)
    {
        services.AddScoped<Sessions>();
        services.AddSingleton<MachineKey>();
        services.AddScoped<ApiKeys>();
        services.AddScoped<SignIn>();
        services.AddScoped<SetUpLinks>();
        services.AddScoped<DemoUsers>();
        services.AddScoped<IDemoUsers>(provider => provider.GetRequiredService<DemoUsers>());
        services.AddScoped<IStartStep, RightsSeeder>();
        AddKeys(services);
        services.AddScoped<IUserStore<UserAccount>>(provider => new UserOnlyStore<UserAccount, AppDb, long>(provider.GetRequiredService<AppDb>()));
        services.AddIdentityCore<UserAccount>(options =>
        {
            options.Lockout.MaxFailedAccessAttempts = 5;
            options.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(15);
            options.Password.RequiredLength = ShortestPassword;
            options.Password.RequireNonAlphanumeric = false;
            options.Password.RequireUppercase = false;
            options.Password.RequireDigit = false;
            options.Password.RequireLowercase = false;
            options.User.AllowedUserNameCharacters = "";
        });
        services.AddAuthentication(TielineAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, TielineAuthentication>(TielineAuthentication.SchemeName, null);
        services.AddAuthorization();
    }

    private static void AddKeys(IServiceCollection services)
    {
        services.AddSingleton<KeyRingStore>();
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>, KeyRingOptions>();
        services.AddDataProtection().SetApplicationName("tieline");
        services.AddSingleton<DataKeys>();
        services.AddSingleton<IProtectedValues, ProtectedValues>();
        services.AddScoped<RotateKeys>();
        services.AddScoped<IStartStep, KeyRingStart>();
        services.AddScoped<IStartStep, DataKeysStart>();
    }
}
