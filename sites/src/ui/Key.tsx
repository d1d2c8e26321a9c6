// A key as it stands on a keyboard.

export const Key = ({ of }: { of: string }) => <kbd class="key">{of}</kbd>;
