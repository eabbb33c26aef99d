namespace Tieline.Platform.Ui;

/// <summary>What a colour means. Never colour alone: the text says it too.</summary>
public enum Tone { Neutral, Accent, Good, Warning, Danger, Info }
