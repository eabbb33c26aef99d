using System.Security.Cryptography;
using System.Text;
using Dapper;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform.Security;

public sealed class ProtectedValuesTests
{
    private const string Purpose = "test.identifier";

    [Theory, BothDatabases]
    public async Task What_was_protected_is_read_back_and_never_looks_the_same(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var values = house.Services.GetRequiredService<IProtectedValues>();
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
        {
            var value = new string([.. (text ?? "").Where(c => !char.IsSurrogate(c))]);
            var bytes = values.Protect(Purpose, value);
            return values.Unprotect(Purpose, bytes) == value
                && !bytes.SequenceEqual(values.Protect(Purpose, value))
                && bytes.Length == 33 + Encoding.UTF8.GetByteCount(value)
                && values.IsCurrent(bytes);
        }).MustHold();
    }

    [Theory, BothDatabases]
    public async Task Every_changed_byte_and_another_purpose_are_noticed(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var values = house.Services.GetRequiredService<IProtectedValues>();
        var bytes = values.Protect(Purpose, "543-21-9876");
        for (var i = 0; i < bytes.Length; i++)
        {
            byte[] changed = [.. bytes];
            changed[i] ^= 1;
            Assert.ThrowsAny<CryptographicException>(() => values.Unprotect(Purpose, changed));
        }
        Assert.ThrowsAny<CryptographicException>(() => values.Unprotect("test.other", bytes));
        Assert.ThrowsAny<CryptographicException>(() => values.Unprotect(Purpose, bytes[..20]));
        Assert.ThrowsAny<CryptographicException>(() => values.Unprotect(Purpose, []));
    }

    [Theory, BothDatabases]
    public async Task After_a_rotation_old_values_are_readable_and_hashes_the_same(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on, services => services.AddScoped<IRotateValues, Box>());
        Box.Rows = [];
        var values = house.Services.GetRequiredService<IProtectedValues>();
        for (var i = 1; i <= 1200; i++)
            Box.Rows.Add(values.Protect(Purpose, $"value {i}"));
        var old = values.Protect(Purpose, "old");
        var hash = values.Hash(Purpose, "543219876");
        await using (var scope = house.As(Roles.TechnicalAdministrator))
        {
            var outcome = await scope.Get<RotateKeys>().Handle(new(), TestContext.Current.CancellationToken);
            Assert.True(outcome.Ok, outcome.ToString());
            Assert.Equal(1200, outcome.Value.Values["boxes"]);
        }
        Assert.False(values.IsCurrent(old));
        Assert.Equal("old", values.Unprotect(Purpose, old));
        Assert.Equal(hash, values.Hash(Purpose, "543219876"));
        Assert.All(Box.Rows, bytes => Assert.True(values.IsCurrent(bytes)));
        Assert.Equal("value 1200", values.Unprotect(Purpose, Box.Rows[^1]));
    }

    [Theory, BothDatabases]
    public async Task A_second_node_reads_what_the_first_has_protected(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var other = new OtherNode(house);
        var first = house.Services.GetRequiredService<IProtectedValues>();
        var bytes = first.Protect(Purpose, "Ñandú 4711");
        Assert.Equal("Ñandú 4711", other.Values.Unprotect(Purpose, bytes));
        Assert.Equal(first.Hash(Purpose, "x"), other.Values.Hash(Purpose, "x"));
        await other.Keys.Rotate(TestContext.Current.CancellationToken);
        var later = other.Values.Protect(Purpose, "after");
        Assert.Equal("after", first.Unprotect(Purpose, later));
    }

    [Theory, BothDatabases]
    public async Task Keys_lie_wrapped_in_the_database_and_another_master_key_does_not_open_them(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        house.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("x").Protect([1]);
        await using var scope = house.As(Roles.TechnicalAdministrator);
        var rings = (await (await scope.Connection()).QueryAsync<string>("select xml from protection_key")).ToList();
        Assert.NotEmpty(rings);
        Assert.All(rings, xml => Assert.Contains("<wrapped", xml, StringComparison.Ordinal));
        Assert.All(rings, xml => Assert.DoesNotContain("<masterKey", xml, StringComparison.Ordinal));
        var stranger = new OtherNode(house, MasterKey.FromBytes([.. Enumerable.Repeat((byte)7, 32)]));
        Assert.Throws<MasterKeyException>(() => stranger.Values.Hash(Purpose, "x"));
    }

    [Fact]
    public void The_master_key_is_made_once_for_the_owner_alone()
    {
        var directory = Directory.CreateTempSubdirectory("tieline-key-").FullName;
        try
        {
            var wrapped = MasterKey.Load(directory).Wrap("x", [1, 2, 3]);
            Assert.Equal([1, 2, 3], MasterKey.Load(directory).Unwrap("x", wrapped));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(directory, MasterKey.FileName)));
            Assert.Single(Directory.GetFiles(directory));
            Assert.Throws<MasterKeyException>(() => MasterKey.Load(directory).Unwrap("y", wrapped));
            File.WriteAllText(Path.Combine(directory, MasterKey.FileName), "short");
            Assert.Throws<MasterKeyException>(() => MasterKey.Load(directory));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>A room with encrypted values, as short as it can be.</summary>
    private sealed class Box(IProtectedValues values) : IRotateValues
    {
        public static List<byte[]> Rows { get; set; } = [];

        public string Name => "boxes";

        public Task<RotatedSlice> RotateNext(long after, int limit, CancellationToken ct)
        {
            var changed = 0;
            var end = Math.Min(Rows.Count, (int)after + limit);
            for (var i = (int)after; i < end; i++)
            {
                if (values.IsCurrent(Rows[i]))
                    continue;
                Rows[i] = values.Protect(Purpose, values.Unprotect(Purpose, Rows[i]));
                changed++;
            }
            return Task.FromResult(new RotatedSlice(end == (int)after ? null : end, changed));
        }
    }

    /// <summary>Another node on the same database, as far as keys are concerned.</summary>
    private sealed class OtherNode(TestHouse house, MasterKey? master = null)
    {
        public DataKeys Keys { get; } = new(
            house.Services.GetRequiredService<Dialect>(), master ?? house.Services.GetRequiredService<MasterKey>(), TimeProvider.System);

        public IProtectedValues Values => new ProtectedValues(Keys);
    }
}
