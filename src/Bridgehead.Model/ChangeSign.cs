namespace Bridgehead.Model;

/// <summary>What would become of something: a diff's <c>+</c>, <c>-</c> and <c>~</c>.</summary>
public enum ChangeSign
{
    Comes,
    Goes,
    Changes,
}
