import { Videos } from './videos'

export default function Page() {
  return <Videos />
}
