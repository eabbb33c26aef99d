using Microsoft.AspNetCore.Identity;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Security;

/// <summary>What a password must be, and how one is set.</summary>
internal sealed class Passwords(IPasswordHasher<UserAccount> hasher)
{
    public const int Shortest = 12;
    public const int Longest = 256;

    /// <summary>Long rather than odd: length is what makes a password hard to guess.</summary>
    public const string Rule = "At least 12 characters; a sentence is fine.";

    public static void Check(Problems problems, string field, string? password, string? again, string userName)
    {
        if (string.IsNullOrEmpty(password))
            problems.List.Add(Problem.Required(field, "The password"));
        else if (password.Length < Shortest)
            problems.Add(field, $"The password has fewer than {Shortest} characters.", "password.short");
        else if (password.Length > Longest)
            problems.Add(field, $"The password is longer than {Longest} characters.", "too_long");
        else if (password.Distinct().Count() < 5 || (userName.Length > 3 && password.Contains(userName, StringComparison.OrdinalIgnoreCase)))
            problems.Add(field, "The password is too easy to guess: it repeats a few characters or holds the user name.", "password.easy");
        else if (password != again)
            problems.Add("Again", "The two passwords are not the same.", "password.again");
    }

    /// <summary>Sets a password in the running unit of work and unlocks the user.</summary>
    public void Set(UserAccount user, string password)
    {
        user.PasswordHash = hasher.HashPassword(user, password);
        user.SecurityStamp = Guid.NewGuid().ToString("N");
        user.Unlock();
    }
}
