using System.Text;
using System.Xml.Linq;
using Dapper;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Tieline.Platform.Data;

namespace Tieline.Platform.Security;

/// <summary>A key of ASP.NET Core Data Protection (antiforgery, cookies), wrapped by the master key.</summary>
[NotAudited("kept by the framework's key ring")]
internal sealed class ProtectionKey
{
    public required long Id { get; init; }
    public required string Name { get; init; }
    public required string Xml { get; init; }
    public required DateTime CreatedAt { get; init; }
}

internal sealed class ProtectionKeyMap : IEntityTypeConfiguration<ProtectionKey>
{
    public void Configure(EntityTypeBuilder<ProtectionKey> builder) => builder.ToTable("protection_key");
}

/// <summary>The key ring in the database, so that every node reads what another one has protected.</summary>
internal sealed class KeyRingStore(Dialect dialect, Ids ids, TimeProvider time) : IXmlRepository
{
    // The framework's interface is synchronous. It calls at start, once a day and every few months, whatever the caller holds.
    public IReadOnlyCollection<XElement> GetAllElements() => Task.Run(Read).GetAwaiter().GetResult();

    public void StoreElement(XElement element, string friendlyName) => Task.Run(() => Write(element, friendlyName)).GetAwaiter().GetResult();

    private async Task<IReadOnlyCollection<XElement>> Read()
    {
        await using var connection = await dialect.OpenBeside(CancellationToken.None);
        var rows = await connection.QueryAsync<string>("select xml from protection_key order by id");
        return [.. rows.Select(XElement.Parse)];
    }

    private async Task Write(XElement element, string name)
    {
        var id = ids.Next();
        using var turn = await dialect.WriterTurn(CancellationToken.None);
        await using var connection = await dialect.OpenBeside(CancellationToken.None);
        await connection.ExecuteAsync(
            "insert into protection_key (id, name, xml, created_at) values (@id, @name, @xml, @at)",
            new { id, name, xml = element.ToString(SaveOptions.DisableFormatting), at = time.GetUtcNow().UtcDateTime.TruncateToMicroseconds() });
    }
}

internal sealed class MasterKeyXmlEncryptor(MasterKey master) : IXmlEncryptor
{
    public const string Purpose = "key ring";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var wrapped = master.Wrap(Purpose, Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting)));
        return new EncryptedXmlInfo(new XElement("wrapped", Convert.ToBase64String(wrapped)), typeof(MasterKeyXmlDecryptor));
    }
}

/// <summary>Made by the framework from the name it stored beside the key; hence the constructor.</summary>
internal sealed class MasterKeyXmlDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) => XElement.Parse(Encoding.UTF8.GetString(
        services.GetRequiredService<MasterKey>().Unwrap(MasterKeyXmlEncryptor.Purpose, Convert.FromBase64String(encryptedElement.Value))));
}

internal sealed class KeyRingOptions(KeyRingStore store, MasterKey master) : IConfigureOptions<KeyManagementOptions>
{
    public void Configure(KeyManagementOptions options)
    {
        options.XmlRepository = store;
        options.XmlEncryptor = new MasterKeyXmlEncryptor(master);
    }
}

/// <summary>Makes the first key of the ring, so that no request has to.</summary>
internal sealed class KeyRingStart(IDataProtectionProvider protection) : IStartStep
{
    public int Order => 10;

    public Task Run(CancellationToken ct)
    {
        protection.CreateProtector("start").Protect([1]);
        return Task.CompletedTask;
    }
}
