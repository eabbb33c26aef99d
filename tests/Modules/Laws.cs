using FsCheck;
using FsCheck.Fluent;

namespace Tieline.Tests.Modules;

/// <summary>What holds for all values: says nothing unless one breaks it.</summary>
internal static class Laws
{
    public static void MustHold(this Property law, int tries = 100) => law.Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(tries));
}
