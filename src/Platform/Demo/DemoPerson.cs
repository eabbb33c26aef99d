namespace Tieline.Platform.Demo;

/// <summary>A telephone number: <c>Number</c> in E.164, <c>Typed</c> as a clerk typed it, <c>Kind</c> mobile, home or work.</summary>
public readonly record struct DemoPhone(string Number, string Typed, string Kind);

/// <summary>A person or an organisation as the demonstration world knows them. Texts are empty, never null, where there is nothing.</summary>
/// <param name="Index">Person i lives at premise i.</param>
/// <param name="Gender">F, M, or empty (organisations, and people who do not say).</param>
/// <param name="OrganizationName">Empty for a person; then <paramref name="Given"/> and <paramref name="Family"/> are not.</param>
/// <param name="FormerName">The former family name of a person, or the former full name of an organisation.</param>
/// <param name="NationalId">In the social security format, in the area 900-999 that is never issued; no two are the same below forty million.</param>
/// <param name="BirthYear">0 for organisations.</param>
/// <param name="Language">ISO 639: en, es, vi, ru, zh, ko, hmn, so, ar.</param>
/// <param name="Preferred">phone, text, email, letter.</param>
/// <param name="MailingLine">A post box in the same town, where mail goes elsewhere.</param>
public sealed record DemoPerson(
    long Index, string Given, string MiddleInitial, string Family, string Gender, string OrganizationName, string FormerName,
    int BirthYear, string Language, bool NeedsInterpreter, bool LargePrint, bool UsesTty, bool NeedsTime, bool LifeSupport,
    string Email, DemoPhone Phone, DemoPhone? SecondPhone, string NationalId, string Preferred, string MailingLine)
{
    public bool IsOrganization => OrganizationName.Length > 0;

    public string DisplayName => IsOrganization ? OrganizationName
        : MiddleInitial.Length > 0 ? $"{Given} {MiddleInitial}. {Family}" : $"{Given} {Family}";
}
