using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Tieline.Platform.Security;

namespace Tieline.Platform.Data;

/// <summary>One way of storing each kind of value on both databases.</summary>
internal static class ModelConventions
{
    public static void Configure(ModelConfigurationBuilder builder)
    {
        builder.Properties<DateTime>().HaveConversion<UtcConverter>();
        builder.Properties<ActorRef>().HaveConversion<ActorRefConverter>();
        builder.Properties<RecordRef>().HaveConversion<RecordRefConverter>();
        builder.Properties<Money>().HaveConversion<MoneyConverter>();
        builder.Properties<Enum>().HaveConversion<string>();
    }

    /// <summary>Columns are the property names in snake case; keys come from <see cref="Ids"/>, never from the database.</summary>
    public static void NameColumns(ModelBuilder builder)
    {
        foreach (var entity in builder.Model.GetEntityTypes())
        {
            if (entity.FindProperty(nameof(IAudited.AuditSubject)) is { } computed)
                entity.RemoveProperty(computed);
            foreach (var property in entity.GetProperties())
            {
                property.SetColumnName(Snake(property.Name));
                if (property.IsPrimaryKey())
                    property.ValueGenerated = ValueGenerated.Never;
                if (property.Name == "Version" && property.ClrType == typeof(int))
                    property.IsConcurrencyToken = true;
            }
        }
    }

    public static string Snake(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsUpper(name[i]) && i > 0 && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1]))))
                text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }
        return text.ToString();
    }

    private sealed class UtcConverter() : ValueConverter<DateTime, DateTime>(
        v => v.Kind == DateTimeKind.Utc ? v.TruncateToMicroseconds() : NotUtc(v),
        v => DateTime.SpecifyKind(v, DateTimeKind.Utc))
    {
        private static DateTime NotUtc(DateTime value) =>
            throw new ArgumentException($"Instants are UTC; {value:o} is {value.Kind}.");
    }

    private sealed class ActorRefConverter() : ValueConverter<ActorRef, string>(v => v.ToString(), v => ActorRef.Parse(v));

    private sealed class MoneyConverter() : ValueConverter<Money, long>(v => v.Minor, v => new Money(v));

    private sealed class RecordRefConverter() : ValueConverter<RecordRef, string>(v => v.ToString(), v => RecordRef.Parse(v));
}

public static class Instants
{
    public static DateTime TruncateToMicroseconds(this DateTime value) =>
        new(value.Ticks - (value.Ticks % TimeSpan.TicksPerMicrosecond), value.Kind);
}
