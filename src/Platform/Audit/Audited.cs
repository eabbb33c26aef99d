namespace Tieline.Platform;

/// <summary>An entity whose changes are audited; children point to the record a person would look at.</summary>
public interface IAudited
{
    RecordRef AuditSubject { get; }
}

/// <summary>Says why changes of an entity are not audited. Every entity is <see cref="IAudited"/> or carries this.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NotAuditedAttribute(string because) : Attribute
{
    public string Because { get; } = because;
}

/// <summary>A value that the audit shows only masked.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MaskedAttribute : Attribute;
